// What the bindings call. No PyTorch types here, so that nvcc needn't read its headers.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>

namespace rowscale {

// `columns` must be even. The rows lie one behind the other, without gaps.
struct Matrix {
    const __half* values;
    int rows;
    int columns;
};

// Writes rows * columns values to `scaled`.
cudaError_t scale_rows(const Matrix& matrix, const __half* weights, const __half* offsets,
                       float epsilon, __half* scaled, cudaStream_t stream);

// The bytes that total_energy needs as scratch memory.
cudaError_t total_energy_scratch_bytes(const Matrix& matrix, std::size_t* bytes);

// Writes the sum of the squares of all values to *energy, which is in device memory.
cudaError_t total_energy(const Matrix& matrix, void* scratch, std::size_t scratch_bytes,
                         float* energy, cudaStream_t stream);

}  // namespace rowscale
