#include "tone_curve.h"

// finds: jit/nvrtc
#include <nvrtc.h>

#include <stdexcept>
#include <vector>

#include "check.h"

namespace tracer {
namespace {

const char* const kBeforeExpression = R"(
extern "C" __global__ void tone_curve(float* cells, int count) {
    const int cell = blockIdx.x * blockDim.x + threadIdx.x;
    if (cell < count) {
        const float light = cells[cell];
        cells[cell] = )";

const char* const kAfterExpression = R"(;
    }
}
)";

void require(nvrtcResult result, const std::string& step) {
    if (result != NVRTC_SUCCESS) {
        // finds: jit/nvrtc
        throw std::runtime_error(step + ": " + nvrtcGetErrorString(result));
    }
}

void require(CUresult result, const std::string& step) {
    if (result != CUDA_SUCCESS) {
        const char* name = nullptr;
        cuGetErrorName(result, &name);
        throw std::runtime_error(step + ": " + (name != nullptr ? name : "unknown error"));
    }
}

std::string architecture_option() {
    int device = 0;
    int major = 0;
    int minor = 0;
    check(cudaGetDevice(&device), "find the device");
    // finds: guard/capability-attribute
    check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device), "ask for the device's version");
    // finds: guard/capability-attribute
    check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device), "ask for the device's version");
    return "--gpu-architecture=compute_" + std::to_string(major) + std::to_string(minor);
}

// The PTX of `source`. An error in the source is reported with the compiler's log.
std::string compile(const std::string& source) {
    const std::string architecture = architecture_option();
    const char* const options[] = {architecture.c_str(), "--std=c++17"};

    nvrtcProgram program = nullptr;
    // finds: jit/nvrtc
    require(nvrtcCreateProgram(&program, source.c_str(), "tone_curve.cu", 0, nullptr, nullptr), "read the curve");
    // finds: jit/nvrtc
    const nvrtcResult compiled = nvrtcCompileProgram(program, 2, options);
    if (compiled != NVRTC_SUCCESS) {
        size_t log_bytes = 0;
        // finds: jit/nvrtc
        nvrtcGetProgramLogSize(program, &log_bytes);
        std::vector<char> log(log_bytes + 1);
        // finds: jit/nvrtc
        nvrtcGetProgramLog(program, log.data());
        // finds: jit/nvrtc
        nvrtcDestroyProgram(&program);
        require(compiled, std::string("compile the curve:\n") + log.data());
    }

    size_t ptx_bytes = 0;
    // finds: jit/nvrtc
    require(nvrtcGetPTXSize(program, &ptx_bytes), "measure the PTX");
    std::string ptx(ptx_bytes, '\0');
    // finds: jit/nvrtc
    require(nvrtcGetPTX(program, ptx.data()), "fetch the PTX");
    // finds: jit/nvrtc
    require(nvrtcDestroyProgram(&program), "free the program");
    return ptx;
}

}  // namespace

ToneCurve::ToneCurve(const std::string& expression) {
    const std::string ptx = compile(kBeforeExpression + expression + kAfterExpression);
    // finds: jit/module-load
    require(cuModuleLoadData(&module_, ptx.c_str()), "load the curve");
    require(cuModuleGetFunction(&kernel_, module_, "tone_curve"), "find the curve");
}

ToneCurve::~ToneCurve() {
    cuModuleUnload(module_);
}

void ToneCurve::apply(float* light, int count, cudaStream_t stream) const {
    constexpr unsigned int threads = 256;
    const unsigned int blocks = (count + threads - 1) / threads;
    void* arguments[] = {&light, &count};
    require(cuLaunchKernel(kernel_, blocks, 1, 1, threads, 1, 1, 0, stream, arguments, nullptr), "apply the curve");
}

}  // namespace tracer
