#include "fieldstat/fieldstat.h"

#include <cfloat>

#include "device_array.h"
#include "profile_range.h"

namespace fieldstat {
namespace {

constexpr int kThreads = 128;
// finds: warp/mask-constant
constexpr unsigned int kEveryLane = 0xffffffffu;

// One warp for each field.
__global__ void ranges_kernel(const float* fields, int field_count, int cells, Range* results) {
    // finds: warp/lane-index-literal
    const int field_index = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    // clean: warp/lane-index-literal
    const int lane = threadIdx.x % warpSize;
    if (field_index >= field_count) {
        return;
    }

    const float* field = fields + static_cast<size_t>(field_index) * cells;
    float low = FLT_MAX;
    float high = -FLT_MAX;
    // clean: warp/warpsize-constant
    for (int cell = lane; cell < cells; cell += warpSize) {
        low = fminf(low, field[cell]);
        high = fmaxf(high, field[cell]);
    }

    // clean: warp/warpsize-constant
    for (int offset = warpSize / 2; offset > 0; offset /= 2) {
        // finds: warp/mask-literal
        low = fminf(low, __shfl_xor_sync(kEveryLane, low, offset));
        // finds: warp/mask-literal
        high = fmaxf(high, __shfl_xor_sync(kEveryLane, high, offset));
    }
    if (lane == 0) {
        results[field_index] = Range{low, high};
    }
}

}  // namespace

std::vector<Range> ranges(const std::vector<float>& fields, int field_count) {
    const ProfileRange range("fieldstat::ranges");
    const int cells = static_cast<int>(fields.size() / field_count);
    DeviceArray<float> device_fields(fields);
    DeviceArray<Range> results(field_count);

    // finds: warp/host-warps-of-32
    const int fields_per_block = kThreads / 32;
    const int blocks = (field_count + fields_per_block - 1) / fields_per_block;
    ranges_kernel<<<blocks, kThreads>>>(device_fields.get(), field_count, cells, results.get());
    CUDA_CHECK(cudaGetLastError());
    return results.download();
}

}  // namespace fieldstat
