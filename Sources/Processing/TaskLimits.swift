/// What one child may use.
///
/// They are set by `prlimit` before the child is executed, so that they hold
/// from its first instruction on and it cannot forget them.
public struct TaskLimits: Sendable, Equatable {
    /// Bytes of memory that the child may allocate.
    public var memoryBytes: Int
    /// Seconds of processor time, all threads together.
    public var cpuSeconds: Int
    /// Bytes of the largest file that it may write.
    public var fileBytes: Int

    public init(memoryBytes: Int, cpuSeconds: Int, fileBytes: Int) {
        self.memoryBytes = memoryBytes
        self.cpuSeconds = cpuSeconds
        self.fileBytes = fileBytes
    }

    /// Returns the command that runs `command` within the limits.
    ///
    /// `nice`, `setpriv` and `prlimit` (coreutils, util-linux) replace themselves
    /// by what they start, so that the process that is supervised is the child
    /// itself. It gains no rights by executing anything, dies with its worker,
    /// and leaves the processor to whoever answers requests beside it.
    ///
    /// What viewers wait for gets more of the processor than what may take its time.
    func wrapping(_ command: [String], isUrgent: Bool = false) -> [String] {
        let softAndHardCPU = "\(cpuSeconds):\(cpuSeconds + 5)"  // SIGXCPU first, so that the reason is known.
        let limits = ["--core=0", "--data=\(memoryBytes)", "--cpu=\(softAndHardCPU)", "--fsize=\(fileBytes)"]
        return ["nice", "-n", isUrgent ? "5" : "10", "setpriv", "--no-new-privs", "--pdeathsig", "KILL", "prlimit"]
            + limits + [
                "--nofile=512"
            ] + command
    }
}
