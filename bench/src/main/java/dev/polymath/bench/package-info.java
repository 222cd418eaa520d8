/**
 * Measurements: what training reaches on the acceptance suite, its speed beside a peer's, its memory. Each prints the
 * Markdown table that docs/benchmarks.md holds.
 */
package dev.polymath.bench;
