// Statistics of scalar fields.
//
// A field is `cells` floats. Several fields lie one behind the other in one vector,
// so `fields.size()` is `field_count * cells`.
#pragma once

#include <vector>

namespace fieldstat {

struct Moments {
    float mean;
    float variance;  // divided by the number of cells, not by one less
};

struct Range {
    float low;
    float high;
};

std::vector<Moments> moments(const std::vector<float>& fields, int field_count);

std::vector<Range> ranges(const std::vector<float>& fields, int field_count);

// Cells that differ from the mean by more than `limit` standard deviations, in ascending order.
std::vector<int> outliers(const std::vector<float>& field, float limit);

// The covariance matrix, field_count x field_count. Link fieldstat_covariance for this one.
std::vector<float> covariance(const std::vector<float>& fields, int field_count);

}  // namespace fieldstat
