/** The operations that model parts are written against, and the interpreter that writes them down as ONNX graphs. */
package dev.polymath.ops;
