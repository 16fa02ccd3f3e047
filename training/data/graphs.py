"""ONNX graphs of synthesis engines, each on one thread: their processes run side by side."""

import onnx
import onnxruntime


def session_of(graph: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """A session that runs the graph on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
