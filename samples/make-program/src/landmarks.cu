#include "kernels.h"

#include "check.h"

namespace tracer {
namespace {

constexpr float kLitFrom = 0.5f;

__global__ void mark_kernel(const float* light, const int* landmarks, int count, unsigned int* bitmap) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= count) {
        return;
    }
    // A cell number read from memory: the words of the bitmap have 32 bits on every GPU.
    const int cell = landmarks[index];
    if (light[cell] >= kLitFrom) {
        // clean: warp/lane-index-literal
        const int word = cell >> 5;
        // clean: warp/lane-index-literal
        const int bit = cell & 31;
        atomicOr(&bitmap[word], 1u << bit);
    }
}

}  // namespace

void mark_lit_landmarks(const float* light, const int* landmarks, int count, unsigned int* bitmap,
                        cudaStream_t stream) {
    if (count == 0) {
        return;
    }
    constexpr int threads = 128;
    mark_kernel<<<(count + threads - 1) / threads, threads, 0, stream>>>(light, landmarks, count, bitmap);
    check(cudaGetLastError(), "mark the landmarks");
}

}  // namespace tracer
