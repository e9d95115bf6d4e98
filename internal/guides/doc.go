// Package guides has the tests of docs: every configuration in it is valid,
// every command of the guides is run against the emulator, every error is one
// that the provider can give, and every link leads somewhere.
package guides
