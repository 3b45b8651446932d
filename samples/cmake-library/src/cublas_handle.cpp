#include "cublas_handle.h"

#include <stdexcept>
#include <string>

namespace fieldstat {

void cublasRequire(cublasStatus_t status, const char* step) {
    if (status != CUBLAS_STATUS_SUCCESS) {
        throw std::runtime_error(std::string(step) + ": " + cublasGetStatusString(status));
    }
}

cublasHandle::cublasHandle() {
    cublasRequire(cublasCreate(&handle_), "create a cuBLAS handle");
}

cublasHandle::~cublasHandle() {
    cublasDestroy(handle_);
}

}  // namespace fieldstat
