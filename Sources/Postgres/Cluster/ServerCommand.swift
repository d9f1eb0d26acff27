import CLibPQ
import Foundation

/// A command that makes, starts or stops a server, and blocks until it is done.
struct ServerCommand {
    private let path: String
    private let arguments: [String]

    /// Run as another user through setpriv, as PostgreSQL refuses to run as root.
    ///
    /// setpriv changes user, group and supplementary groups in a process of its own;
    /// doing that between fork and exec of a process with threads can deadlock.
    init(_ path: String, _ arguments: [String], as user: ServerUser? = nil) {
        guard let user, user.mustSwitch else {
            (self.path, self.arguments) = (path, arguments)
            return
        }
        self.path = "/usr/bin/setpriv"
        self.arguments = ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", "--", path] + arguments
    }

    struct Answer {
        /// As waitpid gives it; 0 is success.
        let status: Int32
        /// Standard output and standard error.
        let output: String
    }

    func run() throws(PostgresError) -> Answer {
        var pipe: [Int32] = [0, 0]
        guard pipe2(&pipe, O_CLOEXEC) == 0 else { throw failure(errno) }
        defer { close(pipe[0]) }
        let process = try spawn(output: pipe[1])
        close(pipe[1])
        let output = FileHandle(fileDescriptor: pipe[0], closeOnDealloc: false).readDataToEndOfFile()
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return Answer(status: status, output: String(decoding: output, as: UTF8.self))
    }

    /// Foundation's Process would let the server inherit every open file of ours, for as long as it runs.
    private func spawn(output: Int32) throws(PostgresError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        // The current folder may be closed to the other user.
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = Self.environment.map { strdup($0) } + [nil]
        defer { for string in words + variables { free(string) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, nil, words, variables)
        guard code == 0 else { throw failure(code) }
        return process
    }

    /// Ours without libpq's variables, and in English, which is what messages are matched in.
    private static var environment: [String] {
        let ours = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        return ours.merging(["LC_ALL": "C"]) { $1 }.map { "\($0.key)=\($0.value)" }
    }

    private func failure(_ code: Int32) -> PostgresError {
        PostgresError(.cluster, message: "\(path) cannot be started: \(String(cString: strerror(code)))")
    }
}
