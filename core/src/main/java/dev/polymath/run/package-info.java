/** Using a model: the model folder, ONNX Runtime sessions, and Polymath, the facade that users hold. */
package dev.polymath.run;
