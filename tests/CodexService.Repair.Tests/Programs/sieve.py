def sieve(limit):
    """The prime numbers up to the limit."""
    primes = []
    for number in range(2, limit + 1):
        if any(number % prime > 0 for prime in primes):
            primes.append(number)
    return primes
