#include "rowscale.h"

#include <cub/block/block_reduce.cuh>

#include "half_math.cuh"

namespace rowscale {
namespace {

constexpr int kThreads = 256;

// One block for each row. Values are read in pairs.
__global__ void __launch_bounds__(kThreads)
scale_rows_kernel(const __half2* values, const __half2* weights, const __half2* offsets,
                  int pairs, float epsilon, __half2* scaled) {
    using BlockReduce = cub::BlockReduce<float, kThreads>;
    __shared__ typename BlockReduce::TempStorage scratch;
    __shared__ float row_scale;

    const size_t row_start = static_cast<size_t>(blockIdx.x) * pairs;
    float row_energy = 0.0f;
    for (int pair = threadIdx.x; pair < pairs; pair += kThreads) {
        row_energy += energy(values[row_start + pair]);
    }

    // Only thread 0 gets the sum.
    row_energy = BlockReduce(scratch).Sum(row_energy);
    if (threadIdx.x == 0) {
        row_scale = rsqrtf(row_energy / (2 * pairs) + epsilon);
    }
    __syncthreads();

    for (int pair = threadIdx.x; pair < pairs; pair += kThreads) {
        // Scaled in float: the root mean square of a row can be outside the range of a half.
        const float2 wide = __half22float2(values[row_start + pair]);
        const __half2 unit = __floats2half2_rn(wide.x * row_scale, wide.y * row_scale);
        scaled[row_start + pair] = multiply_add(unit, weights[pair], offsets[pair]);
    }
}

const __half2* as_pairs(const __half* values) {
    return reinterpret_cast<const __half2*>(values);
}

}  // namespace

cudaError_t scale_rows(const Matrix& matrix, const __half* weights, const __half* offsets,
                       float epsilon, __half* scaled, cudaStream_t stream) {
    if (matrix.rows == 0 || matrix.columns == 0) {
        return cudaSuccess;
    }
    scale_rows_kernel<<<matrix.rows, kThreads, 0, stream>>>(
        as_pairs(matrix.values), as_pairs(weights), as_pairs(offsets), matrix.columns / 2, epsilon,
        reinterpret_cast<__half2*>(scaled));
    return cudaGetLastError();
}

}  // namespace rowscale
