#include "fieldstat/fieldstat.h"

#include <cmath>

#include "device_array.h"
#include "profile_range.h"
#include "tinyscan/tinyscan.cuh"

namespace fieldstat {
namespace {

constexpr int kThreads = 256;

__device__ bool is_outlier(const float* field, int cells, int cell, float mean, float distance) {
    return cell < cells && fabsf(field[cell] - mean) > distance;
}

// How many outliers each warp sees.
__global__ void count_kernel(const float* field, int cells, float mean, float distance, int* counts) {
    const int cell = blockIdx.x * blockDim.x + threadIdx.x;
    // finds: warp/mask-literal, warp/ballot-result-32
    const unsigned int votes = __ballot_sync(0xffffffff, is_outlier(field, cells, cell, mean, distance));
    // finds: warp/lane-index-literal
    const int lane = cell % 32;
    // finds: warp/lane-index-literal
    const int warp = cell / 32;
    if (lane == 0) {
        // finds: warp/mask-bit-count
        counts[warp] = __popc(votes);
    }
}

// Writes the outliers of each warp behind those of the warps before it.
__global__ void collect_kernel(const float* field, int cells, float mean, float distance,
                               const int* offsets, int* found) {
    // Asked for before anything diverges, so it is the whole warp.
    // clean: warp/ballot-result-32
    const auto whole_warp = __activemask();
    const int cell = blockIdx.x * blockDim.x + threadIdx.x;
    const bool mine = is_outlier(field, cells, cell, mean, distance);
    // clean: warp/mask-literal
    const auto votes = __ballot_sync(whole_warp, mine);
    // finds: warp/lane-index-literal
    const int lane = cell & 31;
    // finds: warp/lane-index-literal
    const int warp = cell >> 5;
    if (mine) {
        const int earlier = __popcll(votes & ((1ull << lane) - 1));
        found[offsets[warp] + earlier] = cell;
    }
}

}  // namespace

std::vector<int> outliers(const std::vector<float>& field, float limit) {
    const ProfileRange range("fieldstat::outliers");
    const Moments about = moments(field, 1).front();
    const float distance = limit * std::sqrt(about.variance);
    const int cells = static_cast<int>(field.size());
    const int blocks = (cells + kThreads - 1) / kThreads;
    // finds: warp/host-warps-of-32
    const int warps = blocks * kThreads / 32;

    DeviceArray<float> device_field(field);
    DeviceArray<int> offsets(warps);
    DeviceArray<int> total(1);
    DeviceArray<int> found(cells);

    count_kernel<<<blocks, kThreads>>>(device_field.get(), cells, about.mean, distance, offsets.get());
    tinyscan::exclusive_scan_kernel<<<1, tinyscan::kThreads>>>(offsets.get(), warps, total.get());
    collect_kernel<<<blocks, kThreads>>>(device_field.get(), cells, about.mean, distance, offsets.get(),
                                         found.get());
    CUDA_CHECK(cudaGetLastError());
    return found.download(total.download().front());
}

}  // namespace fieldstat
