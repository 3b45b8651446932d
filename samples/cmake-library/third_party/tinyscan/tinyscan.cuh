// tinyscan 0.3: an exclusive scan by one block, in place.
#pragma once

#include <cuda_runtime.h>

namespace tinyscan {

constexpr int kThreads = 1024;

__device__ inline int warp_inclusive(int value) {
    const int lane = threadIdx.x & 31;
    for (int offset = 1; offset < 32; offset *= 2) {
        const int below = __shfl_up_sync(0xffffffff, value, offset);
        if (lane >= offset) {
            value += below;
        }
    }
    return value;
}

// Replaces values[i] by the sum of the values before it and stores the sum of all in *total.
static __global__ void exclusive_scan_kernel(int* values, int count, int* total) {
    __shared__ int warp_totals[32];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    int carried = 0;

    for (int start = 0; start < count; start += kThreads) {
        const int index = start + threadIdx.x;
        const int value = index < count ? values[index] : 0;
        const int in_warp = warp_inclusive(value);
        if (lane == 31) {
            warp_totals[warp] = in_warp;
        }
        __syncthreads();
        if (warp == 0) {
            warp_totals[lane] = warp_inclusive(warp_totals[lane]);
        }
        __syncthreads();

        const int before = carried + (warp == 0 ? 0 : warp_totals[warp - 1]);
        if (index < count) {
            values[index] = before + in_warp - value;
        }
        carried += warp_totals[31];
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        *total = carried;
    }
}

}  // namespace tinyscan
