#pragma once

#include <cublas_v2.h>

namespace fieldstat {

// Throws when `status` isn't success. `step` says what was tried.
void cublasRequire(cublasStatus_t status, const char* step);

// Owns a cuBLAS handle.
class cublasHandle {
public:
    cublasHandle();
    ~cublasHandle();

    cublasHandle(const cublasHandle&) = delete;
    cublasHandle& operator=(const cublasHandle&) = delete;

    cublasHandle_t get() const { return handle_; }

private:
    cublasHandle_t handle_ = nullptr;
};

}  // namespace fieldstat
