// Sums over the threads of a warp and of a block.
#pragma once

#include <cuda_runtime.h>

namespace fieldstat {

// clang's CUDA headers define warpSize as a constant, nvcc's only declare it.
#if defined(__clang__) && defined(__CUDA__)
// finds: warp/warpsize-constant
constexpr int kLanes = warpSize;
#else
constexpr int kLanes = 32;
#endif

// The sum over the warp. Only lane 0 gets it.
__device__ inline float warp_sum(float value) {
    // finds: warp/reduction-from-16
    for (int offset = kLanes / 2; offset > 0; offset /= 2) {
        // finds: warp/mask-literal
        value += __shfl_down_sync(0xffffffff, value, offset);
    }
    return value;
}

// The sum over a block of kThreads threads. Every thread gets it.
template <int kThreads>
__device__ float block_sum(float value) {
    static_assert(kThreads % kLanes == 0, "the last warp must be full");
    // finds: warp/shared-array-of-32
    __shared__ float partial[1024 / 32];
    // finds: warp/lane-index-literal
    const int lane = threadIdx.x & 31;
    // finds: warp/lane-index-literal
    const int warp = threadIdx.x >> 5;

    value = warp_sum(value);
    if (lane == 0) {
        partial[warp] = value;
    }
    __syncthreads();

    if (warp == 0) {
        value = warp_sum(lane < kThreads / kLanes ? partial[lane] : 0.0f);
        if (lane == 0) {
            partial[0] = value;
        }
    }
    __syncthreads();

    const float total = partial[0];
    // The next call writes to the same array.
    __syncthreads();
    return total;
}

}  // namespace fieldstat
