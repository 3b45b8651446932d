#pragma once

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

// Turns a failed CUDA call into an exception that names the call and the place.
#define CUDA_CHECK(call)                                                              \
    do {                                                                              \
        const cudaError_t status = (call);                                            \
        if (status != cudaSuccess) {                                                  \
            throw std::runtime_error(std::string(__FILE__) + ":" +                    \
                                     std::to_string(__LINE__) + ": " #call ": " +     \
                                     cudaGetErrorString(status));                     \
        }                                                                             \
    } while (false)
