#include "terrain.h"

#include <algorithm>
#include <cmath>

namespace tracer {

void fill_heights(float* heights) {
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            const float hills = std::sin(0.021f * x) * std::cos(0.027f * y);
            const float ridges = std::fabs(std::sin(0.011f * x + 0.017f * y));
            heights[y * kWidth + x] = 24.0f * hills + 18.0f * ridges;
        }
    }
}

std::vector<int> find_landmarks(const float* heights, int reach) {
    std::vector<int> landmarks;
    for (int y = reach; y < kHeight - reach; ++y) {
        for (int x = reach; x < kWidth - reach; ++x) {
            float highest_neighbour = -1e30f;
            for (int dy = -reach; dy <= reach; ++dy) {
                for (int dx = -reach; dx <= reach; ++dx) {
                    if (dx != 0 || dy != 0) {
                        highest_neighbour =
                            std::max(highest_neighbour, heights[(y + dy) * kWidth + x + dx]);
                    }
                }
            }
            if (heights[y * kWidth + x] > highest_neighbour) {
                landmarks.push_back(y * kWidth + x);
            }
        }
    }
    return landmarks;
}

bool is_set(const std::vector<std::uint32_t>& bitmap, int cell) {
    // clean: warp/lane-index-literal
    const std::uint32_t word = bitmap[cell >> 5];
    // clean: warp/lane-index-literal
    return (word >> (cell & 31)) & 1u;
}

}  // namespace tracer
