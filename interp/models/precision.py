"""What numbers the linear layers of models compute in, as an operator says it."""

from enum import StrEnum


class Precision(StrEnum):
    """What a linear layer computes in. AUTO: what is fast and safe here (`precision_choice.py`)."""

    AUTO = "auto"
    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"
