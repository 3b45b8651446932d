#include "rowscale.h"

#include <cub/device/device_reduce.cuh>

#include "half_math.cuh"

namespace rowscale {
namespace {

constexpr int kThreads = 128;

// One block for each row, with a sum for each thread. cub adds those up.
__global__ void partial_energy_kernel(const __half2* values, int pairs, float* partial_energies) {
    const __half2* row = values + static_cast<size_t>(blockIdx.x) * pairs;
    float sum = 0.0f;
    for (int pair = threadIdx.x; pair < pairs; pair += kThreads) {
        sum += energy(row[pair]);
    }
    partial_energies[static_cast<size_t>(blockIdx.x) * kThreads + threadIdx.x] = sum;
}

// cub asks for alignment, and the partial sums follow its scratch memory.
std::size_t aligned(std::size_t bytes) {
    return (bytes + 255) / 256 * 256;
}

cudaError_t reduce_bytes(int partial_count, std::size_t* bytes) {
    const float* no_input = nullptr;
    float* no_output = nullptr;
    return cub::DeviceReduce::Sum(nullptr, *bytes, no_input, no_output, partial_count);
}

}  // namespace

cudaError_t total_energy_scratch_bytes(const Matrix& matrix, std::size_t* bytes) {
    const int partial_count = matrix.rows * kThreads;
    const cudaError_t status = reduce_bytes(partial_count, bytes);
    *bytes = aligned(*bytes) + partial_count * sizeof(float);
    return status;
}

cudaError_t total_energy(const Matrix& matrix, void* scratch, std::size_t scratch_bytes,
                         float* energy, cudaStream_t stream) {
    if (matrix.rows == 0) {
        return cudaMemsetAsync(energy, 0, sizeof(float), stream);
    }
    const int partial_count = matrix.rows * kThreads;
    std::size_t cub_bytes = scratch_bytes - partial_count * sizeof(float);
    auto* partial_energies = reinterpret_cast<float*>(static_cast<char*>(scratch) + cub_bytes);

    partial_energy_kernel<<<matrix.rows, kThreads, 0, stream>>>(
        reinterpret_cast<const __half2*>(matrix.values), matrix.columns / 2, partial_energies);
    const cudaError_t launched = cudaGetLastError();
    if (launched != cudaSuccess) {
        return launched;
    }
    return cub::DeviceReduce::Sum(scratch, cub_bytes, partial_energies, energy, partial_count, stream);
}

}  // namespace rowscale
