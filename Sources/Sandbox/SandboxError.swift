/// A required layer that this system does not offer: one sentence that says what to do.
public struct SandboxError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(layer: String, needs: String, errno number: Int32) {
        description =
            "The sandbox cannot be entered: \(layer) failed (errno \(number)). It needs \(needs); "
            + "CLIPYARD_SANDBOX=try does without."
    }
}
