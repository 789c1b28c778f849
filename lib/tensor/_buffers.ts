/**
 * Reads an element of a TensorFlow.js buffer without the iterator and the lists that its compiler makes of
 * every call: the gradients of convolutions and pooling, which read buffers element by element, take a fifth
 * of the time and give the same numbers.
 */
import { tf } from "./_tf.ts";

const { prototype } = tf.TensorBuffer;
const { get } = prototype;

prototype.get = function (...at) {
  const { shape, strides, values } = this;
  const last = shape.length - 1;
  // What is out of range, or no element, TensorFlow.js refuses or understands in its own way.
  if (at.length !== shape.length || last < 0) return get.apply(this, at);
  let index = at[last];
  if (!(index >= 0 && index < shape[last])) return get.apply(this, at);
  for (let axis = 0; axis < last; axis++) {
    const place = at[axis];
    if (!(place >= 0 && place < shape[axis])) return get.apply(this, at);
    index += strides[axis] * place;
  }
  return values[index];
};
