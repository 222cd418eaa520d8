/** The {@code polymath} command: reads arguments, shows progress and tables. What it does lives in the other modules. */
package dev.polymath.cli;
