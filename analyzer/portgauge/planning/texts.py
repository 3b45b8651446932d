"""The sentences of work packages that are the same for every codebase."""

from portgauge.model.rule import FailureMode

KPI_RESULTS = "K1, results: within the tolerance recorded with the baseline, on two wave sizes (32 and 64 lanes)"
KPI_SPEED = "K2, speed: the share of the recorded baseline speed of each timed kernel, stated and not estimated"
KPIS = (KPI_RESULTS, KPI_SPEED)

TOLERANCE = (
    "Integers, indices and flags: equal.",
    "Floating point: the tolerance that the tests use today, unchanged.",
    "Where no test states one: run the CUDA build twice with another block size or order of additions; the largest "
    "difference between the two runs is the tolerance.",
    "Random numbers: compare distributions, or feed the recorded numbers in.",
)
BASELINE_STEPS = (
    "Build the CUDA version at the revision of this plan, in the configuration that users run.",
    "Run every test listed below and record which pass; one that fails on CUDA is no measure of a port.",
    "Record the outputs of the tests and programs listed below: inputs, outputs, seeds and the CUDA version.",
    "Time each kernel listed below on its usual input, ten runs, and record the median.",
)
BUILD_STEPS = (
    "Add an option that selects AMD; without it the CUDA build stays as it is.",
    "Let the build find ROCm and compile the GPU sources as HIP for the GPUs of this plan.",
    "Replace what the list below names in build files, containers and CI.",
)
LIBRARY_STEPS = (
    "Link the counterpart of each library when AMD is selected; the libraries are named below.",
    "A call without counterpart: look in the counterpart's manual for the call that does its work, else write a helper "
    "of the same signature for AMD, so that the places stay as they are.",
    "Calls that only change their name or their form are in the package of their component.",
)
PORT_STEPS = {
    "manual": ("Go through the places below by hand.",),
    "hipify": (
        "Convert the files below with HIPIFY, or include the header that renames the calls.",
        "Then go through the places that it does not write; they are listed below with what to do.",
    ),
    "agent": (
        "Give this package to the agent, with a checkout that builds and the tests of P01.",
        "Read every change; the agent's own word that it works is no acceptance.",
    ),
}
KERNEL_STEPS = (
    "Take the functions in the order of the numbers below: those that can give wrong results unnoticed come first. "
    "What to do at each place stands under “What was found”.",
    "Before changing one, write down which lanes exchange values (shuffle, vote, ballot, barrier, shared memory), and "
    "whether the code means groups of 32 or whole waves. Its callers and its launch are part of that.",
    "Choose one way for all of them: keep groups of 32 on every GPU, each exchange with a width of 32, or take the "
    "size of the wave from the GPU. A mixture is what goes wrong.",
    "After each function compare its output with the one recorded in P01, before the next is started.",
)
AMD_PATH_STEPS = (
    "Build with the option or the tool that the build has for AMD GPUs; where it was seen stands under “Files”.",
    "Run the tests of P01 on a GPU with 32 lanes and on one with 64.",
    "Write down what does not build or not pass. That is the port that is left; this plan holds no hours for it.",
)
RISK_WORDS = {
    FailureMode.SILENT_WRONG: "wrong results without an error",
    FailureMode.HANG: "can hang",
    FailureMode.RUNTIME_ERROR: "fails while running",
    FailureMode.COMPILE_ERROR: "does not compile",
    FailureMode.PERF: "slower",
    FailureMode.NONE: "to be looked at",
}
"""What may happen at a place, most dangerous first."""
VALIDATION_STEPS = (
    "Run the recorded tests on a GPU with 32 lanes and on one with 64.",
    "Block sizes that are no multiple of 64, and one that is smaller than a wave.",
    "Sizes that leave a wave partly filled: 1, 31, 33, 63, 65 elements, and one more than a full grid.",
    "Values that differ in the upper lanes (32 to 63), so that a lost half shows.",
    "Floating point: compare with the recorded tolerance, and with a sum in double precision where sums are reordered.",
    "Run each test 20 times: a missing barrier does not fail every time.",
)
TUNING_STEPS = (
    "Profile before changing anything; compare each timed kernel with its baseline.",
    "Look at occupancy and memory first, then at the wave size.",
    "Stop at the share of baseline speed that was agreed; note it as K2.",
)
UPSTREAM_STEPS = (
    "Split the port into changes that each build and pass the tests.",
    "Add a CI job that builds for AMD; a job with a GPU where the project has one.",
)
UNTOUCHED = (
    "the CUDA build and its results: without the AMD option nothing changes",
    "the recorded baseline, and the tolerances of tests",
)
