//! Both halves together: what the tests of this package share.
