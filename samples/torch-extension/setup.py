from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension

setup(
    packages=["rowscale"],
    ext_modules=[
        CUDAExtension(
            name="rowscale._native",
            sources=[
                "csrc/bindings.cpp",
                "csrc/scale_rows.cu",
                "csrc/total_energy.cu",
            ],
            extra_compile_args={
                "cxx": ["-O3", "-std=c++17"],
                "nvcc": ["-O3", "-std=c++17", "--use_fast_math", "-lineinfo"],
            },
        )
    ],
    cmdclass={"build_ext": BuildExtension},
)
