package dev.polymath.learn.sampling;

/**
 * Shares a total out in whole numbers in proportion to probabilities, by largest remainders (A. Hamilton, 1792). What a
 * part of an epoch gives a task too much or too little is made up in the next: a task whose share of each part is below
 * half a row still comes.
 */
final class Apportionment {
    private final double[] owed;

    Apportionment(int tasks) {
        owed = new double[tasks];
    }

    /**
     * Whole numbers that sum to the total; 0 where the probability is.
     *
     * @param probabilities sum to 1
     */
    int[] next(double[] probabilities, long total) {
        int[] numbers = new int[owed.length];
        long left = total;
        for (int i = 0; i < numbers.length; i++) {
            if (probabilities[i] <= 0) continue;
            owed[i] += probabilities[i] * total;
            numbers[i] = (int) Math.max(0, owed[i]);
            left -= numbers[i];
        }
        for (; left > 0; left--) numbers[mostOwed(probabilities, numbers)]++;
        for (; left < 0; left++) numbers[leastOwed(numbers)]--;
        for (int i = 0; i < numbers.length; i++) owed[i] -= numbers[i];
        return numbers;
    }

    private int mostOwed(double[] probabilities, int[] numbers) {
        int most = -1;
        for (int i = 0; i < numbers.length; i++) {
            if (probabilities[i] <= 0) continue;
            if (most < 0 || owed[i] - numbers[i] > owed[most] - numbers[most]) most = i;
        }
        return most;
    }

    private int leastOwed(int[] numbers) {
        int least = -1;
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == 0) continue;
            if (least < 0 || owed[i] - numbers[i] < owed[least] - numbers[least]) least = i;
        }
        return least;
    }
}
