#include "kernels.h"

#include "check.h"
#include "ptx.cuh"
#include "terrain.h"

namespace tracer {
namespace {

constexpr int kFloatsPerCopy = 4;
constexpr int kThreads = kWidth / kFloatsPerCopy;

// One block for each row. The whole row is staged in shared memory.
__global__ void blur_kernel(const float* light, float* blurred) {
    __shared__ __align__(16) float row[kWidth];
    const int row_start = blockIdx.x * kWidth;
    const int first = threadIdx.x * kFloatsPerCopy;

    start_copy(&row[first], &light[row_start + first]);
    TRACER_WAIT_FOR_COPIES();
    __syncthreads();

    for (int x = threadIdx.x; x < kWidth; x += kThreads) {
        const int left = max(x - 1, 0);
        const int right = min(x + 1, kWidth - 1);
        blurred[row_start + x] = 0.25f * row[left] + 0.5f * row[x] + 0.25f * row[right];
    }
}

}  // namespace

void blur_rows(const float* light, float* blurred, cudaStream_t stream) {
    blur_kernel<<<kHeight, kThreads, 0, stream>>>(light, blurred);
    check(cudaGetLastError(), "blur the rows");
}

}  // namespace tracer
