#include "fieldstat/fieldstat.h"

#include "cublas_handle.h"
#include "device_array.h"
#include "profile_range.h"

namespace fieldstat {
namespace {

constexpr int kThreads = 256;

// Takes the mean of each field away from its cells. Block row y works on field y.
__global__ void centre_kernel(float* fields, int cells, const Moments* about) {
    const int cell = blockIdx.x * blockDim.x + threadIdx.x;
    if (cell < cells) {
        fields[static_cast<size_t>(blockIdx.y) * cells + cell] -= about[blockIdx.y].mean;
    }
}

}  // namespace

std::vector<float> covariance(const std::vector<float>& fields, int field_count) {
    const ProfileRange range("fieldstat::covariance");
    const int cells = static_cast<int>(fields.size() / field_count);
    DeviceArray<float> centred(fields);
    DeviceArray<Moments> about(moments(fields, field_count));
    DeviceArray<float> result(static_cast<size_t>(field_count) * field_count);

    const dim3 grid((cells + kThreads - 1) / kThreads, field_count);
    centre_kernel<<<grid, kThreads>>>(centred.get(), cells, about.get());
    CUDA_CHECK(cudaGetLastError());

    // cuBLAS is column-major, so each field is a column of a cells x field_count matrix.
    const cublasHandle handle;
    const float scale = 1.0f / cells;
    const float nothing = 0.0f;
    cublasRequire(cublasSgemm(handle.get(), CUBLAS_OP_T, CUBLAS_OP_N, field_count, field_count, cells,
                              &scale, centred.get(), cells, centred.get(), cells,
                              &nothing, result.get(), field_count),
                  "multiply the centred fields");
    return result.download();
}

}  // namespace fieldstat
