import CLinux

/// How many files and connections this process, and what it starts, may have open.
enum OpenFiles {
    /// Raises the limit as far as this user may.
    ///
    /// - Returns: what is in force, no more than was asked for.
    @discardableResult
    static func raise(to wanted: Int) -> Int { clinux_raise_open_files(wanted) }
}
