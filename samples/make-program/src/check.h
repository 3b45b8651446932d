#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

namespace tracer {

inline void check(cudaError_t status, const char* step) {
    if (status != cudaSuccess) {
        throw std::runtime_error(std::string(step) + ": " + cudaGetErrorString(status));
    }
}

}  // namespace tracer
