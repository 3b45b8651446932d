#pragma once

#include <cstdint>
#include <vector>

namespace tracer {

constexpr int kWidth = 512;   // a multiple of 4, because the blur copies four floats at a time
constexpr int kHeight = 384;
constexpr int kCells = kWidth * kHeight;

// Writes the height of each cell, row by row.
void fill_heights(float* heights);

// The cells that are higher than all cells within `reach`.
std::vector<int> find_landmarks(const float* heights, int reach);

// Whether `cell` is in a bitmap of 32-bit words.
bool is_set(const std::vector<std::uint32_t>& bitmap, int cell);

}  // namespace tracer
