/** Wiring of the service: configuration, health, metrics, lifecycle. The only package that knows every other one. */
package dev.perennial.app;
