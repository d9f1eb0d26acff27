import Bootstrap
import Foundation
import Logging
import Privileges
import Subprocess
import SystemPackage

/// `clipyard up` started by root goes on as an unprivileged user, PostgreSQL, API, worker and nginx with it.
struct UnprivilegedStart {
    let settings: Settings
    let logger: Logger

    /// Returns if there is nothing to give up: the user is an ordinary one, or root on purpose.
    ///
    /// - Throws: ``UpError`` for a user that does not exist or cannot reach the programs.
    func becomeUserIfRoot() async throws {
        guard ServiceUser.isRoot else { return try requireOwnName() }
        let user = try chosenUser()
        guard user.uid != 0 else {
            return logger.warning("everything runs as root", metadata: ["CLIPYARD_USER": "\(user.name)"])
        }
        try await requireReach(of: user)
        let home = try await reachableHome(for: user)
        try home.prepare()
        try requireDatabaseOwner(user, home)
        let count = handOver(home, to: user)
        let environment = try environment(home, user)
        logger.notice(
            "root starts everything as an unprivileged user",
            metadata: ["user": "\(user.name)", "home": "\(home.path)", "handed_over": "\(count)"]
        )
        let command = [try Executables().clipyard] + CommandLine.arguments.dropFirst()
        Log.flush()
        let number = ServiceUser.become(
            user.wrapping(command, bindsLowPorts: settings.port < 1024),
            environment: environment
        )
        throw UpError("setpriv cannot be started (errno \(number)). Install the package util-linux: make setup")
    }

    private func chosenUser() throws -> ServiceUser {
        guard let name = settings.user else {
            guard let user = ServiceUser.standard else {
                throw UpError("There is no user postgres or nobody to run as. Name one with CLIPYARD_USER.")
            }
            return user
        }
        guard let user = ServiceUser(name: name) else {
            throw UpError("There is no user \(name). Set CLIPYARD_USER to one of this machine, or omit it.")
        }
        return user
    }

    /// An ordinary user cannot become another.
    private func requireOwnName() throws {
        guard let name = settings.user, ServiceUser(name: name)?.uid != ServiceUser.current else { return }
        throw UpError("Only root can run as \(name). Omit CLIPYARD_USER, or start clipyard up as root.")
    }

    /// Tries what would fail later: the programs, the libraries that they load, and what they read.
    private func requireReach(of user: ServiceUser) async throws {
        for program in [try Executables().clipyard, try Executables.mediaProgram()]
        where try await !succeeds([program, "--help"], as: user) {
            throw UpError(unreachable: program, by: user)
        }
        for name in ["docker/nginx", "sql", "pipelines"] {
            guard let path = ResourceFolder.find(name) else { continue }
            guard try await canRead(path, user) else { throw UpError(unreachable: path, by: user) }
        }
        let environment = ProcessInfo.processInfo.environment
        if let file = environment["CLIPYARD_CONFIG"], try await !succeeds(["/usr/bin/test", "-r", file], as: user) {
            throw UpError(unreachable: file, by: user)
        }
    }

    private func canRead(_ path: String, _ user: ServiceUser) async throws -> Bool {
        try await succeeds(["/usr/bin/test", "-r", path, "-a", "-x", path], as: user)
    }

    /// The home, or one below `/var/lib` if the user cannot enter the folders above and nothing is kept there yet.
    private func reachableHome(for user: ServiceUser) async throws -> Home {
        let home = Home(settings.home)
        var parent = URL(filePath: home.path).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: parent.path) { parent.deleteLastPathComponent() }
        if try await succeeds(["/usr/bin/test", "-x", parent.path], as: user) { return home }
        guard !FileManager.default.fileExists(atPath: home.tokenSecret) else {
            throw UpError(unreachable: home.path, by: user)
        }
        let other = Home("/var/lib/clipyard/home-\(home.pathHash)")
        logger.warning(
            "CLIPYARD_HOME is elsewhere, as the unprivileged user cannot enter the folder",
            metadata: ["folder": "\(home.path)", "used": "\(other.path)", "user": "\(user.name)"]
        )
        return other
    }

    private func requireDatabaseOwner(_ user: ServiceUser, _ home: Home) throws {
        let facts = try? FileManager.default.attributesOfItem(atPath: home.postgres)
        guard let owner = facts?[.ownerAccountID] as? NSNumber, ![0, user.uid].contains(owner.uint32Value) else {
            return
        }
        let name = facts?[.ownerAccountName] as? String ?? "\(owner)"
        throw UpError(
            "\(home.postgres) belongs to \(name), not to \(user.name). Start with CLIPYARD_USER=\(name), or give it to "
                + "\(user.name) while nothing runs: chown -R \(user.name): \(home.postgres)"
        )
    }

    private func handOver(_ home: Home, to user: ServiceUser) -> Int {
        var folders = [home.path, home.run]
        let storage = settings.storage.location
        if !storage.contains("://") { folders.append(URL(filePath: storage).standardized.path) }
        folders.append(URL(filePath: settings.scratch).standardized.path)
        // What is below the home went with it; its names are the user's by now.
        folders = folders.filter { $0 == home.path || !$0.hasPrefix(home.path + "/") }
        return folders.reduce(0) { $0 + Handover.run($1, to: user) }
    }

    /// Absolute, since the working directory may be closed to the user.
    private func environment(_ home: Home, _ user: ServiceUser) throws -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["CLIPYARD_HOME"] = home.path
        environment["HOME"] = home.path
        (environment["USER"], environment["LOGNAME"]) = (user.name, user.name)
        environment.merge(try copyCertificate(home, user)) { $1 }
        return environment
    }

    /// Keys are usually root's alone; nginx, which is not root, gets a copy that is its user's alone.
    private func copyCertificate(_ home: Home, _ user: ServiceUser) throws -> [String: String] {
        let files = [
            ("CLIPYARD_TLS_CERTIFICATE", settings.gateway.certificate),
            ("CLIPYARD_TLS_KEY", settings.gateway.certificateKey),
        ]
        return try files.reduce(into: [:]) { environment, file in
            guard let path = file.1 else { return }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw UpError("\(path) cannot be read. \(file.0) must be a PEM file.")
            }
            let copy = "\(home.path)/\(file.0.lowercased()).pem"
            try? FileManager.default.removeItem(atPath: copy)
            FileManager.default.createFile(atPath: copy, contents: data, attributes: [.posixPermissions: 0o600])
            try FileManager.default.setAttributes(
                [.ownerAccountID: user.uid, .groupOwnerAccountID: user.gid],
                ofItemAtPath: copy
            )
            environment[file.0] = copy
        }
    }

    private func succeeds(_ command: [String], as user: ServiceUser) async throws -> Bool {
        let words = user.wrapping(command)
        let result = try await Subprocess.run(
            .path(.init(words[0])),
            arguments: Arguments(Array(words.dropFirst())),
            input: .none,
            output: .discarded,
            error: .discarded
        )
        return result.terminationStatus.isSuccess
    }
}

extension UpError {
    /// Root may enter what the user may not.
    fileprivate init(unreachable path: String, by user: ServiceUser) {
        self.init(
            "The user \(user.name), as whom everything runs when root starts it, cannot use \(path). Move it where that user "
                + "may go (not below /root), open the folders above (chmod o+x), or name another user with CLIPYARD_USER; "
                + "CLIPYARD_USER=root runs everything as root."
        )
    }
}
