// Snake and depthwise convolution over time on the CPU, forward and backward.
// The loops run along contiguous time, so that the compiler makes vectors of them.
#include <torch/extension.h>

#include <cmath>

namespace {

constexpr float kQuarterTurn = 1.57079632679f;

// out[t] += weight * in[t + shift], where in is zero outside 0..length.
inline void add_shifted(float* __restrict out, const float* __restrict in, float weight, int64_t length,
                        int64_t shift) {
  const int64_t first = std::max<int64_t>(0, -shift);
  const int64_t last = std::min(length, length - shift);
  for (int64_t t = first; t < last; ++t) out[t] += weight * in[t + shift];
}

inline float dot_shifted(const float* __restrict a, const float* __restrict b, int64_t length, int64_t shift) {
  const int64_t first = std::max<int64_t>(0, -shift);
  const int64_t last = std::min(length, length - shift);
  float sum = 0;
  for (int64_t t = first; t < last; ++t) sum += a[t] * b[t + shift];
  return sum;
}

}  // namespace

// x + sin²(alpha x) / alpha; x [batch, channel, time], alpha [1, channel, 1].
torch::Tensor snake(torch::Tensor x, torch::Tensor alpha) {
  const auto channels = x.size(1), length = x.size(2);
  auto out = torch::empty_like(x);
  const float *in = x.data_ptr<float>(), *a = alpha.data_ptr<float>();
  float* o = out.data_ptr<float>();
  at::parallel_for(0, x.size(0) * channels, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float scale = a[row % channels], inverse = 1 / (scale + 1e-9f);
      const float* __restrict from = in + row * length;
      float* __restrict to = o + row * length;
      for (int64_t t = 0; t < length; ++t) {
        const float sine = std::sin(scale * from[t]);
        to[t] = from[t] + inverse * sine * sine;
      }
    }
  });
  return out;
}

// Gradients of x [batch, channel, time] and, per row, of alpha [batch, channel].
std::vector<torch::Tensor> snake_backward(torch::Tensor grad, torch::Tensor x, torch::Tensor alpha) {
  const auto channels = x.size(1), length = x.size(2);
  auto grad_x = torch::empty_like(x);
  auto grad_rows = torch::empty({x.size(0), channels}, x.options());
  const float *g = grad.data_ptr<float>(), *in = x.data_ptr<float>(), *a = alpha.data_ptr<float>();
  float *gx = grad_x.data_ptr<float>(), *ga = grad_rows.data_ptr<float>();
  at::parallel_for(0, x.size(0) * channels, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float scale = a[row % channels], inverse = 1 / (scale + 1e-9f);
      const float *__restrict from = in + row * length, *__restrict out = g + row * length;
      float* __restrict to = gx + row * length;
      float sum = 0;
      for (int64_t t = 0; t < length; ++t) {
        const float turn = 2 * scale * from[t];
        const float sine = std::sin(turn), cosine = std::sin(turn + kQuarterTurn);
        to[t] = out[t] * (1 + sine);
        sum += out[t] * inverse * (from[t] * sine - inverse * 0.5f * (1 - cosine));
      }
      ga[row] = sum;
    }
  });
  return {grad_x, grad_rows};
}

// x [batch, channel, time], weight [channel, 1, tap], bias [channel]; zero padding keeps the length.
torch::Tensor depthwise(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, int64_t dilation) {
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
std::vector<torch::Tensor> depthwise_backward(torch::Tensor grad, torch::Tensor x, torch::Tensor weight,
                                              int64_t dilation) {
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
  m.def("snake", &snake);
  m.def("snake_backward", &snake_backward);
  m.def("depthwise", &depthwise);
  m.def("depthwise_backward", &depthwise_backward);
}
