#include "fieldstat/fieldstat.h"

#include "device_array.h"
#include "profile_range.h"
#include "reduce.cuh"

namespace fieldstat {
namespace {

constexpr int kThreads = 256;

// One block for each field. Two passes, because the sum of squares minus the square
// of the sum loses all digits when the mean is large against the deviation.
__global__ void __launch_bounds__(kThreads) moments_kernel(const float* fields, int cells, Moments* results) {
    const float* field = fields + static_cast<size_t>(blockIdx.x) * cells;

    float sum = 0.0f;
    for (int cell = threadIdx.x; cell < cells; cell += kThreads) {
        sum += field[cell];
    }
    const float mean = block_sum<kThreads>(sum) / cells;

    float squares = 0.0f;
    for (int cell = threadIdx.x; cell < cells; cell += kThreads) {
        const float deviation = field[cell] - mean;
        squares += deviation * deviation;
    }
    const float variance = block_sum<kThreads>(squares) / cells;

    if (threadIdx.x == 0) {
        results[blockIdx.x] = Moments{mean, variance};
    }
}

}  // namespace

std::vector<Moments> moments(const std::vector<float>& fields, int field_count) {
    const ProfileRange range("fieldstat::moments");
    const int cells = static_cast<int>(fields.size() / field_count);
    DeviceArray<float> device_fields(fields);
    DeviceArray<Moments> results(field_count);

    moments_kernel<<<field_count, kThreads>>>(device_fields.get(), cells, results.get());
    CUDA_CHECK(cudaGetLastError());
    return results.download();
}

}  // namespace fieldstat
