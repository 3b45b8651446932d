#pragma once

#ifdef FIELDSTAT_WITH_NVTX
#include <nvtx3/nvToolsExt.h>
#endif

namespace fieldstat {

// Shows the life of this value as a named bar in the profiler's timeline.
class ProfileRange {
public:
#ifdef FIELDSTAT_WITH_NVTX
    explicit ProfileRange(const char* name) { nvtxRangePushA(name); }
    ~ProfileRange() { nvtxRangePop(); }
#else
    explicit ProfileRange(const char*) {}
    ~ProfileRange() {}
#endif

    ProfileRange(const ProfileRange&) = delete;
    ProfileRange& operator=(const ProfileRange&) = delete;
};

}  // namespace fieldstat
