// finds: build/torch-extension
#include <ATen/cuda/CUDAContext.h>
// finds: build/torch-extension
#include <c10/cuda/CUDAGuard.h>
// finds: build/torch-extension
#include <torch/extension.h>

#include "rowscale.h"

namespace {

const __half* halves(const torch::Tensor& tensor) {
    return reinterpret_cast<const __half*>(tensor.data_ptr<at::Half>());
}

void require_half_on_gpu(const torch::Tensor& tensor, const char* name) {
    TORCH_CHECK(tensor.is_cuda(), name, " must be a CUDA tensor");
    TORCH_CHECK(tensor.scalar_type() == at::kHalf, name, " must have dtype float16");
    TORCH_CHECK(tensor.is_contiguous(), name, " must be contiguous");
}

rowscale::Matrix as_matrix(const torch::Tensor& values) {
    require_half_on_gpu(values, "values");
    TORCH_CHECK(values.dim() == 2, "values must have two dimensions");
    TORCH_CHECK(values.size(1) % 2 == 0, "values must have an even number of columns");
    return {halves(values), static_cast<int>(values.size(0)), static_cast<int>(values.size(1))};
}

void require_success(cudaError_t status) {
    TORCH_CHECK(status == cudaSuccess, cudaGetErrorString(status));
}

torch::Tensor scale_rows(const torch::Tensor& values, const torch::Tensor& weights,
                         const torch::Tensor& offsets, double epsilon) {
    const rowscale::Matrix matrix = as_matrix(values);
    require_half_on_gpu(weights, "weights");
    require_half_on_gpu(offsets, "offsets");
    TORCH_CHECK(weights.numel() == matrix.columns, "weights must have one number for each column");
    TORCH_CHECK(offsets.numel() == matrix.columns, "offsets must have one number for each column");

    const c10::cuda::CUDAGuard guard(values.device());
    torch::Tensor scaled = torch::empty_like(values);
    require_success(rowscale::scale_rows(matrix, halves(weights), halves(offsets), static_cast<float>(epsilon),
                                         reinterpret_cast<__half*>(scaled.data_ptr<at::Half>()),
                                         at::cuda::getCurrentCUDAStream()));
    return scaled;
}

torch::Tensor total_energy(const torch::Tensor& values) {
    const rowscale::Matrix matrix = as_matrix(values);
    const c10::cuda::CUDAGuard guard(values.device());

    std::size_t scratch_bytes = 0;
    require_success(rowscale::total_energy_scratch_bytes(matrix, &scratch_bytes));
    torch::Tensor scratch =
        torch::empty({static_cast<int64_t>(scratch_bytes)}, values.options().dtype(torch::kUInt8));
    torch::Tensor energy = torch::empty({1}, values.options().dtype(torch::kFloat32));
    require_success(rowscale::total_energy(matrix, scratch.data_ptr(), scratch_bytes, energy.data_ptr<float>(),
                                           at::cuda::getCurrentCUDAStream()));
    return energy;
}

}  // namespace

PYBIND11_MODULE(TORCH_EXTENSION_NAME, module) {
    module.def("scale_rows", &scale_rows, "Scale each row to a root mean square of one");
    module.def("total_energy", &total_energy, "Sum of the squares of all values");
}
