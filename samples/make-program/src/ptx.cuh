// Instructions that CUDA C++ has no name for, or had none when this was written.
#pragma once

#include <cuda_runtime.h>

// Asynchronous copies to shared memory need compute capability 8.0.
#ifndef TRACER_ASYNC_COPY
#define TRACER_ASYNC_COPY 1
#endif

namespace tracer {

// a ^ b ^ c in one instruction; 0x96 is the truth table of that.
__device__ inline unsigned int three_way_xor(unsigned int a, unsigned int b, unsigned int c) {
    unsigned int result;
    // finds: ptx/lop3
    asm("lop3.b32 %0, %1, %2, %3, 0x96;" : "=r"(result) : "r"(a), "r"(b), "r"(c));
    return result;
}

// The number of the calling thread within its warp, whatever the shape of the block.
__device__ inline unsigned int lane_id() {
    unsigned int lane;
    // finds: ptx/laneid
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(lane));
    return lane;
}

__device__ inline unsigned int reverse_bytes(unsigned int word) {
    unsigned int reversed;
    // finds: ptx/prmt
    asm("prmt.b32 %0, %1, 0, 0x0123;" : "=r"(reversed) : "r"(word));
    return reversed;
}

#if TRACER_ASYNC_COPY

// Starts to copy 16 bytes. Both addresses must be multiples of 16.
__device__ inline void start_copy(float* shared, const float* global) {
    // finds: kernel/nvidia-builtins
    const unsigned int target = static_cast<unsigned int>(__cvta_generic_to_shared(shared));
    asm volatile(
        // finds: ptx/cp.async
        "cp.async.cg.shared.global [%0], [%1], 16;\n\t"
        // finds: ptx/cp.async.group
        "cp.async.commit_group;"
        :
        : "r"(target), "l"(global)
        : "memory");
}

// Waits for the copies that the calling thread started, not for those of other threads.
// finds: ptx/cp.async.group
#define TRACER_WAIT_FOR_COPIES() asm volatile("cp.async.wait_group 0;" ::: "memory")

#else

__device__ inline void start_copy(float* shared, const float* global) {
    *reinterpret_cast<float4*>(shared) = *reinterpret_cast<const float4*>(global);
}

#define TRACER_WAIT_FOR_COPIES()

#endif

}  // namespace tracer
