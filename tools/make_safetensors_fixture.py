"""Writes the files under core/src/test/resources/weights with the reference implementation of safetensors.

    pip install torch numpy safetensors        # written with torch 2.13.0, numpy 2.4.6, safetensors 0.8.0
    python tools/make_safetensors_fixture.py

types.safetensors       every type that Polymath reads, odd shapes and odd names; expected values in types.json
casts.safetensors       floats, and what torch makes of them as half and bfloat16
arithmetic.safetensors  operands and results; single numbers (computed in double precision) in arithmetic.json
"""

import json
import pathlib

import numpy
import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "core/src/test/resources/weights"


def types():
    special = [1.5, -0.0, float("inf"), float("-inf"), float("nan"), 65504.0]
    arrays = {
        "f32": torch.tensor(special),
        "f16": torch.tensor(special + [2.0**-24]).to(torch.float16),
        "bf16": torch.tensor([[1.5, -2.25], [3.0e38, 1.0e-40]]).to(torch.bfloat16),
        "i64": torch.tensor([2**62, -1, 0]),
        "i32": torch.tensor([[2**31 - 1], [-(2**31)]], dtype=torch.int32),
        "i8": torch.tensor([-128, 127, 0], dtype=torch.int8),
        "u8": torch.tensor([0, 255, 128], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(7.25),
        "empty": torch.zeros(0, 3),
        "layer.10.weight": torch.arange(24, dtype=torch.float32).reshape(2, 3, 4),
        "layer.9.weight": torch.arange(5, dtype=torch.float32),
        "quote\" backslash\\ slash/ tab\t control\x1f delete\x7f": torch.tensor([1.0]),
        "é 漢 \uffee": torch.tensor([2.0]),
        "\U0001f600": torch.tensor([3.0]),
    }
    save_file(arrays, FOLDER / "types.safetensors", metadata={"format": "pt"})
    expected = {
        name: {
            "dtype": {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
                      "int8": "I8", "uint8": "U8", "bool": "BOOL"}[str(array.dtype).removeprefix("torch.")],
            "shape": list(array.shape),
            # Strings, so that infinities, NaN and whole numbers beyond 2^53 pass through JSON.
            "values": [repr(value) if not isinstance(value, bool) else str(int(value))
                       for value in array.flatten().tolist()],
        }
        for name, array in arrays.items()
    }
    write_json("types.json", expected)


def casts():
    random = numpy.random.default_rng(13)
    bits = random.integers(0, 2**32, 1000, dtype=numpy.uint32)
    # Around every power of two, where halves become subnormal, infinite or a tie.
    for exponent in range(95, 146):
        for mantissa in (0, 1, 0xFFF, 0x1000, 0x1001, 0x2FFF, 0x3000, 0x3001, 0x7FFF, 0x8000, 0x8001, 0x17FFF,
                         0x18000, 0x7FEFFF, 0x7FF000, 0x7FF001, 0x7F7FFF, 0x7F8000, 0x7FFFFF):
            bits = numpy.append(bits, numpy.uint32(exponent << 23 | mantissa))
    edges = [0, 1, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F7FFFFF, 0x7F800001, 0xFFFFFFFF]
    floats = torch.from_numpy(numpy.append(bits, numpy.array(edges, dtype=numpy.uint32)).view(numpy.float32).copy())
    save_file(
        {"f32": floats, "f16": floats.to(torch.float16), "bf16": floats.to(torch.bfloat16)},
        FOLDER / "casts.safetensors",
    )


def arithmetic():
    torch.manual_seed(13)
    a = torch.randn(7, 11)
    b = torch.randn(7, 11).to(torch.bfloat16)
    c = torch.randn(7, 11).to(torch.float16)
    x, y, z = a.double(), b.double(), c.double()
    save_file(
        {
            "a": a, "b": b, "c": c,
            "plus": (x + y).float(),
            "minus": (x - y).float(),
            "scaled": (x * 0.3).float(),
            "lerp": (x + 0.25 * (y - x)).float(),
            "average": ((x + y + z) / 3).float(),
        },
        FOLDER / "arithmetic.safetensors",
    )
    write_json("arithmetic.json", {
        "dot": (x * y).sum().item(),
        "norm": x.norm().item(),
        "cosine": torch.nn.functional.cosine_similarity(x.flatten(), y.flatten(), dim=0).item(),
    })


def write_json(name, value):
    (FOLDER / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    types()
    casts()
    arithmetic()
