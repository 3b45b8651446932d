#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <string>

namespace tracer {

// A tone curve that is compiled from a CUDA expression in `light`, such as "sqrtf(light)".
class ToneCurve {
public:
    explicit ToneCurve(const std::string& expression);
    ~ToneCurve();

    ToneCurve(const ToneCurve&) = delete;
    ToneCurve& operator=(const ToneCurve&) = delete;

    // Applies the curve to `count` cells in place.
    void apply(float* light, int count, cudaStream_t stream) const;

private:
    CUmodule module_ = nullptr;
    CUfunction kernel_ = nullptr;
};

}  // namespace tracer
