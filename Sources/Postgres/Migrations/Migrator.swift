public import Logging

/// Brings a database to the newest schema.
///
/// Files are applied in the order of their numbers, each once and in a transaction
/// of its own, together with a row in `schema_migrations`. Any number of processes
/// may migrate at the same time: a lock lets one do it and the others see it done.
public struct Migrator: Sendable {
    private let directory: String
    private let logger: Logger

    /// How long to wait for another process that is migrating.
    private static let patience: Duration = .seconds(300)

    public init(directory: String, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    /// Applies what is pending and returns the names of what it applied.
    @discardableResult
    public func migrate(_ pool: PostgresPool) async throws -> [String] {
        let files = try MigrationFile.load(from: directory)
        var applied: [String] = []
        // A start that finds nothing to do takes no lock.
        while try await !pending(files, in: pool).isEmpty {
            guard let name = try await applyNext(files, in: pool) else { continue }
            logger.info("applied a migration", metadata: ["migration": "\(name)"])
            applied.append(name)
        }
        return applied
    }

    /// The names of the files that `migrate` would apply.
    public func pending(_ pool: PostgresPool) async throws -> [String] {
        try await pending(MigrationFile.load(from: directory), in: pool).map(\.name)
    }
}

extension Migrator {
    /// Applies one migration; nil if another process did.
    private func applyNext(_ files: [MigrationFile], in pool: PostgresPool) async throws -> String? {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let step = try await pool.withTransaction { transaction in try await tryToApplyNext(files, in: transaction)
            }
            switch step {
            case .applied(let name): return name
            case .nothingToDo: return nil
            case .busy: try await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
            }
        }
        throw PostgresError(.migration, message: "another process has been migrating for \(Self.patience)")
    }

    private enum Step {
        case applied(String)
        case nothingToDo
        /// Another process holds the lock.
        case busy
    }

    private func tryToApplyNext(_ files: [MigrationFile], in transaction: PostgresConnection) async throws -> Step {
        // Waiting for the lock in the server would be subject to lock_timeout. The number is "clip" in ASCII.
        let isLocked = try await transaction.first("SELECT pg_try_advisory_xact_lock(1668049264)", as: Bool.self)
        guard isLocked == true else { return .busy }
        try await transaction.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name text PRIMARY KEY,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
            )
            """
        )
        guard let next = try await pending(files, in: transaction).first else { return .nothingToDo }
        try await apply(next, in: transaction)
        return .applied(next.name)
    }

    private func apply(_ file: MigrationFile, in transaction: PostgresConnection) async throws {
        // A migration may take long, but it must not queue for a lock with everybody else behind it.
        try await transaction.execute(
            script: """
                SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0; \
                SET LOCAL idle_in_transaction_session_timeout = 0
                """
        )
        do {
            try await transaction.executeUnlimited(script: file.script)
        } catch let error as PostgresError {
            throw error.saying("migration \(file.name) failed: \(error.message)").running(file.name)
        }
        guard !transaction.channel.status.isOutsideTransaction else {
            throw PostgresError(.migration, message: "\(file.name) ends the transaction that it runs in")
        }
        try await transaction.execute(
            """
            INSERT INTO schema_migrations (name, checksum)
            VALUES (\(file.name), encode(sha256(convert_to(\(file.script)::text, 'UTF8')), 'hex'))
            """
        )
    }

    /// What has not been applied, once it is certain that files and database belong together.
    private func pending(_ files: [MigrationFile], in session: any PostgresSession) async throws -> [MigrationFile] {
        let isNew = try await session.first("SELECT to_regclass('schema_migrations') IS NULL", as: Bool.self)
        guard isNew == false else { return files }
        let applied = try await session.query(
            "SELECT name, checksum FROM schema_migrations ORDER BY name",
            as: (String, String).self
        )
        let checksums = try await checksums(of: files, in: session)
        for (name, checksum) in applied {
            guard let index = files.firstIndex(where: { $0.name == name }) else {
                throw PostgresError(
                    .migration,
                    message: "the database has \(name), which this program does not know: it is newer"
                )
            }
            guard checksums[index] == checksum else {
                throw PostgresError(
                    .migration,
                    message: "\(name) was changed after it had been applied; write a new migration"
                )
            }
        }
        let names = Set(applied.map(\.0))
        let pending = files.filter { !names.contains($0.name) }
        if let last = applied.last?.0, let late = pending.first(where: { $0.name < last }) {
            throw PostgresError(
                .migration,
                message: "\(late.name) comes before \(last), which has been applied; give it a higher number"
            )
        }
        return pending
    }

    /// The server counts them, as SHA-256.
    private func checksums(of files: [MigrationFile], in session: any PostgresSession) async throws -> [String] {
        try await session.query(
            """
            SELECT encode(sha256(convert_to(script, 'UTF8')), 'hex')
            FROM unnest(\(files.map(\.script))) WITH ORDINALITY AS file (script, number) ORDER BY number
            """,
            as: String.self
        )
    }
}
