// Depthwise convolution over time with zero padding that keeps the length: forward and backward.
// The loops run along contiguous time, so that the compiler makes vectors of them.
#include <torch/extension.h>

namespace {

// out[t] += weight * in[t + shift], where in is zero outside 0..length.
inline void add_shifted(float* out, const float* in, float weight, int64_t length, int64_t shift) {
  const int64_t first = std::max<int64_t>(0, -shift);
  const int64_t last = std::min(length, length - shift);
  for (int64_t t = first; t < last; ++t) out[t] += weight * in[t + shift];
}

inline float dot_shifted(const float* a, const float* b, int64_t length, int64_t shift) {
  const int64_t first = std::max<int64_t>(0, -shift);
  const int64_t last = std::min(length, length - shift);
  float sum = 0;
  for (int64_t t = first; t < last; ++t) sum += a[t] * b[t + shift];
  return sum;
}

}  // namespace

// x [batch, channel, time], weight [channel, 1, tap], bias [channel].
torch::Tensor forward(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, int64_t dilation) {
  const auto channels = x.size(1), length = x.size(2), taps = weight.size(2);
  auto out = torch::empty_like(x);
  const float *in = x.data_ptr<float>(), *w = weight.data_ptr<float>(), *b = bias.data_ptr<float>();
  float* o = out.data_ptr<float>();
  at::parallel_for(0, x.size(0) * channels, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const auto c = row % channels;
      std::fill_n(o + row * length, length, b[c]);
      for (int64_t k = 0; k < taps; ++k)
        add_shifted(o + row * length, in + row * length, w[c * taps + k], length, (k - taps / 2) * dilation);
    }
  });
  return out;
}

// Gradients of x [batch, channel, time] and, per row, of weight [batch, channel, tap].
std::vector<torch::Tensor> backward(torch::Tensor grad, torch::Tensor x, torch::Tensor weight, int64_t dilation) {
  const auto channels = x.size(1), length = x.size(2), taps = weight.size(2);
  auto grad_x = torch::zeros_like(x);
  auto grad_rows = torch::empty({x.size(0), channels, taps}, x.options());
  const float *g = grad.data_ptr<float>(), *in = x.data_ptr<float>(), *w = weight.data_ptr<float>();
  float *gx = grad_x.data_ptr<float>(), *gw = grad_rows.data_ptr<float>();
  at::parallel_for(0, x.size(0) * channels, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const auto c = row % channels;
      for (int64_t k = 0; k < taps; ++k) {
        const auto shift = (k - taps / 2) * dilation;
        add_shifted(gx + row * length, g + row * length, w[c * taps + k], length, -shift);
        gw[row * taps + k] = dot_shifted(g + row * length, in + row * length, length, shift);
      }
    }
  });
  return {grad_x, grad_rows};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", &forward);
  m.def("backward", &backward);
}
