// Half-precision arithmetic that also compiles for GPUs without half instructions.
#pragma once

#include <cuda_fp16.h>

namespace rowscale {

// a * b + c, for both halves.
__device__ inline __half2 multiply_add(__half2 a, __half2 b, __half2 c) {
// finds: guard/cuda-arch
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 530
    return __hfma2(a, b, c);
#else
    const float2 wide_a = __half22float2(a);
    const float2 wide_b = __half22float2(b);
    const float2 wide_c = __half22float2(c);
    return __floats2half2_rn(wide_a.x * wide_b.x + wide_c.x, wide_a.y * wide_b.y + wide_c.y);
#endif
}

// The square of both halves, added up in float: a half overflows above 65504.
__device__ inline float energy(__half2 pair) {
    const float2 wide = __half22float2(pair);
    return wide.x * wide.x + wide.y * wide.y;
}

}  // namespace rowscale
