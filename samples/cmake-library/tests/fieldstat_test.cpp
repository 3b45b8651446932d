#include "fieldstat/fieldstat.h"

#include <cmath>
#include <cstdio>
#include <vector>

namespace {

constexpr int kCells = 1000;

int failures = 0;

void expect(bool holds, const char* what) {
    if (!holds) {
        std::printf("FAILED: %s\n", what);
        ++failures;
    }
}

bool near(float value, float expected) {
    return std::fabs(value - expected) <= 1e-3f * std::fmax(1.0f, std::fabs(expected));
}

// 0, 1, 2, ... and the same numbers negated: two fields whose statistics are known.
std::vector<float> two_ramps() {
    std::vector<float> fields(2 * kCells);
    for (int cell = 0; cell < kCells; ++cell) {
        fields[cell] = static_cast<float>(cell);
        fields[kCells + cell] = -static_cast<float>(cell);
    }
    return fields;
}

}  // namespace

int main() {
    const std::vector<float> fields = two_ramps();
    const float variance = (static_cast<float>(kCells) * kCells - 1.0f) / 12.0f;

    const auto moments = fieldstat::moments(fields, 2);
    expect(near(moments[0].mean, 499.5f) && near(moments[1].mean, -499.5f), "means of the ramps");
    expect(near(moments[0].variance, variance), "variance of a ramp");

    const auto ranges = fieldstat::ranges(fields, 2);
    expect(ranges[0].low == 0.0f && ranges[0].high == 999.0f, "range of the rising ramp");
    expect(ranges[1].low == -999.0f && ranges[1].high == 0.0f, "range of the falling ramp");

    const auto covariance = fieldstat::covariance(fields, 2);
    expect(near(covariance[0], variance) && near(covariance[1], -variance), "covariance of the ramps");

    // Cells in different warps, one of them in the upper half of a group of 64.
    std::vector<float> flat(kCells, 1.0f);
    flat[3] = flat[45] = flat[999] = 50.0f;
    expect(fieldstat::outliers(flat, 4.0f) == std::vector<int>({3, 45, 999}), "outliers of a flat field");

    std::printf("%d failed\n", failures);
    return failures == 0 ? 0 : 1;
}
