// The steps of a picture. Each one queues its work on `stream` and returns at once.
#pragma once

#include <cuda_runtime_api.h>

namespace tracer {

// The light that each cell gets, 0 to 1. Adds the number of warps that see light to *lit_warps.
// finds: texture/texture-use
void trace_light(cudaTextureObject_t heights, float* light, int* lit_warps, cudaStream_t stream);

// Averages each cell with its neighbours left and right.
void blur_rows(const float* light, float* blurred, cudaStream_t stream);

// Sets a bit in `bitmap` for each of the cells listed in `landmarks` that has light.
void mark_lit_landmarks(const float* light, const int* landmarks, int count, unsigned int* bitmap,
                        cudaStream_t stream);

// Makes a word of four bytes from each cell: red, green, blue and 255, red at the lowest address.
void pack_pixels(const float* light, unsigned int* pixels, cudaStream_t stream);

}  // namespace tracer
