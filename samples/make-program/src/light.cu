#include "kernels.h"

#include "check.h"
#include "ptx.cuh"
#include "terrain.h"

namespace tracer {
namespace {

constexpr int kTileWidth = 32;
constexpr int kTileHeight = 8;
constexpr int kSteps = 96;
constexpr float kSunRise = 0.35f;  // height units that a ray to the sun gains in one step

// A number from 0 to 1 that looks random, the same in every run.
__device__ float noise(unsigned int x, unsigned int y) {
    const unsigned int mixed = three_way_xor(x * 0x9e3779b1u, y * 0x85ebca6bu, (x + y) << 13);
    // clean: warp/mask-literal
    return (mixed & 0xffffffu) / 16777216.0f;
}

// Walks from a cell towards the sun, which stands in the west, until a hill is in the way.
// finds: texture/texture-use
__device__ bool sun_reaches(cudaTextureObject_t heights, float x, float y) {
    // finds: texture/texture-use
    const float start = tex2D<float>(heights, x, y);
    const float jitter = noise(static_cast<unsigned int>(x), static_cast<unsigned int>(y));
    for (int step = 1; step <= kSteps; ++step) {
        const float distance = step + jitter;
        if (x - distance < 0.0f) {
            return true;
        }
        // finds: texture/texture-use
        if (tex2D<float>(heights, x - distance, y) > start + kSunRise * distance) {
            return false;
        }
    }
    return true;
}

// finds: texture/texture-use
__global__ void light_kernel(cudaTextureObject_t heights, float* light, int* lit_warps) {
    const int x = blockIdx.x * kTileWidth + threadIdx.x;
    const int y = blockIdx.y * kTileHeight + threadIdx.y;
    // The middle of a texel.
    const float u = x + 0.5f;
    const float v = y + 0.5f;
    const bool is_lit = x < kWidth && y < kHeight && sun_reaches(heights, u, v);

    // finds: warp/mask-literal
    const bool warp_is_lit = __any_sync(0xffffffffu, is_lit);
    if (warp_is_lit && lane_id() == 0) {
        atomicAdd(lit_warps, 1);
    }
    if (x < kWidth && y < kHeight) {
        // finds: texture/texture-use
        const float slope = tex2D<float>(heights, u, v) - tex2D<float>(heights, u - 1.0f, v);
        light[y * kWidth + x] = is_lit ? __saturatef(0.6f + 0.4f * slope) : 0.15f;
    }
}

__global__ void pack_kernel(const float* light, unsigned int* pixels) {
    const int cell = blockIdx.x * blockDim.x + threadIdx.x;
    if (cell < kCells) {
        const unsigned int level = __float2uint_rn(255.0f * __saturatef(light[cell]));
        const unsigned int red_first = level << 24 | level << 16 | (level * 7 / 8) << 8 | 255u;
        pixels[cell] = reverse_bytes(red_first);
    }
}

}  // namespace

// finds: texture/texture-use
void trace_light(cudaTextureObject_t heights, float* light, int* lit_warps, cudaStream_t stream) {
    const dim3 threads(kTileWidth, kTileHeight);
    const dim3 blocks((kWidth + kTileWidth - 1) / kTileWidth, (kHeight + kTileHeight - 1) / kTileHeight);
    light_kernel<<<blocks, threads, 0, stream>>>(heights, light, lit_warps);
    check(cudaGetLastError(), "trace the light");
}

void pack_pixels(const float* light, unsigned int* pixels, cudaStream_t stream) {
    constexpr int threads = 256;
    pack_kernel<<<(kCells + threads - 1) / threads, threads, 0, stream>>>(light, pixels);
    check(cudaGetLastError(), "pack the pixels");
}

}  // namespace tracer
