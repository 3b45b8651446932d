// Draws a landscape that is lit by a low sun.
//
// The first version bound the heights with cudaBindTexture and read them with tex1Dfetch;
// it took its lane from threadIdx.x & 31, which __shfl_sync(0xffffffff, ...) then used.

#include <cuda_runtime.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.h"
#include "kernels.h"
#include "terrain.h"
#include "tone_curve.h"

namespace tracer {
namespace {

constexpr int kLandmarkReach = 6;
constexpr int kBitmapWords = (kCells + 31) / 32;

const char* const kUsage =
    "usage: tracer PICTURE.ppm [CURVE]\n"
    "CURVE is a CUDA expression in light, by default sqrtf(light).\n"
    // clean: texture/texture-use, jit/nvrtc
    "It goes through nvrtcCompileProgram, so it can't call tex2D or cudaMalloc.\n"
    // clean: ptx/lop3
    "Inline PTX such as lop3.b32 isn't possible either: it must be one expression.\n";

template <typename T>
T* allocate(std::size_t count, const char* step) {
    T* values = nullptr;
    check(cudaMalloc(&values, count * sizeof(T)), step);
    return values;
}

// A texture that reads `heights` cell by cell and repeats the border outside of it.
// finds: texture/texture-use
cudaTextureObject_t make_height_texture(float* heights, std::size_t row_bytes) {
    // finds: texture/texture-use, texture/pitch-linear
    cudaResourceDesc resource{cudaResourceTypePitch2D};
    resource.res.pitch2D.devPtr = heights;
    resource.res.pitch2D.width = kWidth;
    resource.res.pitch2D.height = kHeight;
    resource.res.pitch2D.pitchInBytes = row_bytes;
    resource.res.pitch2D.desc = cudaCreateChannelDesc<float>();

    // finds: texture/texture-use
    cudaTextureDesc reading{{cudaAddressModeClamp, cudaAddressModeClamp}, cudaFilterModePoint, cudaReadModeElementType};

    // finds: texture/texture-use
    cudaTextureObject_t texture = 0;
    // finds: texture/texture-use
    check(cudaCreateTextureObject(&texture, &resource, &reading, nullptr), "make the height texture");
    return texture;
}

void write_picture(const char* path, const std::uint32_t* pixels) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr) {
        throw std::runtime_error(std::string("cannot write ") + path);
    }
    std::fprintf(file, "P6\n%d %d\n255\n", kWidth, kHeight);
    for (int cell = 0; cell < kCells; ++cell) {
        // Red, green and blue stand first; the fourth byte is of no use to PPM.
        std::fwrite(&pixels[cell], 1, 3, file);
    }
    std::fclose(file);
}

void draw(const char* path, const char* curve_expression) {
    // Pinned, because only then do the asynchronous copies run beside kernels.
    float* heights = nullptr;
    std::uint32_t* pixels = nullptr;
    check(cudaMallocHost(&heights, kCells * sizeof(float)), "allocate the heights");
    check(cudaHostAlloc(&pixels, kCells * sizeof(std::uint32_t), cudaHostAllocDefault), "allocate the picture");
    fill_heights(heights);
    const std::vector<int> landmarks = find_landmarks(heights, kLandmarkReach);

    float* device_heights = nullptr;
    std::size_t row_bytes = 0;
    // finds: memory/row-pitch
    check(cudaMallocPitch(&device_heights, &row_bytes, kWidth * sizeof(float), kHeight), "allocate the height map");
    float* light = allocate<float>(kCells, "allocate the light");
    float* blurred = allocate<float>(kCells, "allocate the blurred light");
    auto* device_pixels = allocate<std::uint32_t>(kCells, "allocate the pixels");
    auto* bitmap = allocate<std::uint32_t>(kBitmapWords, "allocate the bitmap");
    int* device_landmarks = allocate<int>(landmarks.size() + 1, "allocate the landmarks");
    int* lit_warps = allocate<int>(1, "allocate the counter");
    const ToneCurve curve(curve_expression);

    cudaStream_t picture_stream = nullptr;
    cudaStream_t landmark_stream = nullptr;
    cudaEvent_t started = nullptr;
    cudaEvent_t light_done = nullptr;
    cudaEvent_t finished = nullptr;
    check(cudaStreamCreateWithFlags(&picture_stream, cudaStreamNonBlocking), "make a stream");
    check(cudaStreamCreateWithFlags(&landmark_stream, cudaStreamNonBlocking), "make a stream");
    check(cudaEventCreate(&started), "make an event");
    check(cudaEventCreateWithFlags(&light_done, cudaEventDisableTiming), "make an event");
    check(cudaEventCreate(&finished), "make an event");

    check(cudaEventRecord(started, picture_stream), "start the clock");
    check(cudaMemcpy2DAsync(device_heights, row_bytes, heights, kWidth * sizeof(float), kWidth * sizeof(float),
                            kHeight, cudaMemcpyHostToDevice, picture_stream), "copy the heights");
    check(cudaMemsetAsync(lit_warps, 0, sizeof(int), picture_stream), "clear the counter");
    // finds: texture/texture-use
    const cudaTextureObject_t height_texture = make_height_texture(device_heights, row_bytes);
    trace_light(height_texture, light, lit_warps, picture_stream);
    check(cudaEventRecord(light_done, picture_stream), "mark the light as done");

    // The landmarks need the light, but not the rest of the picture.
    check(cudaMemsetAsync(bitmap, 0, kBitmapWords * sizeof(std::uint32_t), landmark_stream), "clear the bitmap");
    check(cudaMemcpyAsync(device_landmarks, landmarks.data(), landmarks.size() * sizeof(int),
                          cudaMemcpyHostToDevice, landmark_stream), "copy the landmarks");
    check(cudaStreamWaitEvent(landmark_stream, light_done, 0), "wait for the light");
    mark_lit_landmarks(light, device_landmarks, static_cast<int>(landmarks.size()), bitmap, landmark_stream);

    blur_rows(light, blurred, picture_stream);
    curve.apply(blurred, kCells, picture_stream);
    pack_pixels(blurred, device_pixels, picture_stream);
    check(cudaMemcpyAsync(pixels, device_pixels, kCells * sizeof(std::uint32_t), cudaMemcpyDeviceToHost,
                          picture_stream), "copy the picture");
    check(cudaEventRecord(finished, picture_stream), "stop the clock");
    check(cudaStreamSynchronize(landmark_stream), "find the lit landmarks");
    check(cudaStreamSynchronize(picture_stream), "draw the picture");

    float milliseconds = 0.0f;
    int warps = 0;
    std::vector<std::uint32_t> lit(kBitmapWords);
    check(cudaEventElapsedTime(&milliseconds, started, finished), "read the clock");
    check(cudaMemcpy(&warps, lit_warps, sizeof(int), cudaMemcpyDeviceToHost), "read the counter");
    check(cudaMemcpy(lit.data(), bitmap, kBitmapWords * sizeof(std::uint32_t), cudaMemcpyDeviceToHost),
          "read the bitmap");

    int lit_landmarks = 0;
    for (const int cell : landmarks) {
        lit_landmarks += is_set(lit, cell) ? 1 : 0;
    }
    std::printf("%.2f ms, %d of %zu landmarks have sun, %d warps have light\n", milliseconds, lit_landmarks,
                landmarks.size(), warps);
    write_picture(path, pixels);

    // finds: texture/texture-use
    cudaDestroyTextureObject(height_texture);
    cudaEventDestroy(started);
    cudaEventDestroy(light_done);
    cudaEventDestroy(finished);
    cudaStreamDestroy(picture_stream);
    cudaStreamDestroy(landmark_stream);
    for (void* memory : {static_cast<void*>(device_heights), static_cast<void*>(light), static_cast<void*>(blurred),
                         static_cast<void*>(device_pixels), static_cast<void*>(bitmap),
                         static_cast<void*>(device_landmarks), static_cast<void*>(lit_warps)}) {
        cudaFree(memory);
    }
    cudaFreeHost(heights);
    cudaFreeHost(pixels);
}

}  // namespace
}  // namespace tracer

int main(int argument_count, char** arguments) {
    if (argument_count != 2 && argument_count != 3) {
        std::fputs(tracer::kUsage, stderr);
        return 2;
    }
    try {
        tracer::draw(arguments[1], argument_count == 3 ? arguments[2] : "sqrtf(light)");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "tracer: %s\n", error.what());
        return 1;
    }
    return 0;
}
