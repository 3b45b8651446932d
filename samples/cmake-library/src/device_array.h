#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <vector>

#include "check.h"

namespace fieldstat {

// An array in device memory that is freed with its owner.
template <typename T>
class DeviceArray {
public:
    explicit DeviceArray(std::size_t count) : count_(count) {
        CUDA_CHECK(cudaMalloc(&values_, count * sizeof(T)));
    }

    explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
        CUDA_CHECK(cudaMemcpy(values_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice));
    }

    ~DeviceArray() { cudaFree(values_); }

    DeviceArray(const DeviceArray&) = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;

    T* get() { return values_; }

    // The first `count` values, copied to the host. Waits for the kernels that write them.
    std::vector<T> download(std::size_t count) const {
        std::vector<T> values(count);
        CUDA_CHECK(cudaMemcpy(values.data(), values_, count * sizeof(T), cudaMemcpyDeviceToHost));
        return values;
    }

    std::vector<T> download() const { return download(count_); }

private:
    T* values_ = nullptr;
    std::size_t count_;
};

}  // namespace fieldstat
