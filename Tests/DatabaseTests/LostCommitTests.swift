import Database
import Domain
import Postgres
import TestSupport
import Testing

/// The end of an upload whose COMMIT is under way when the connection to its client breaks.
@Suite struct LostCommitTests {
    /// Held by a test, so that the COMMIT which waits for it lasts as long as the test wants.
    private static let commitLock: SQL = "SELECT pg_advisory_lock(4711)::text"

    @Test func aCommitUnderWayIsWaitedFor() async throws {
        try await withSlowCommit(.duringCommit) { pool, cut, upload, video in
            try await pool.withConnection { holder async throws in
                _ = try await holder.query(Self.commitLock)
                async let outcome = Uploads(cut).finish(upload, as: video, findsDuplicates: true)
                // The second look waits for the row, and concludes nothing before it has it.
                try await eventually { try await Self.waiters(holder) == 1 }
                _ = try await holder.query("SELECT pg_advisory_unlock(4711)::text")
                #expect(try await outcome == .recorded)
            }
            try await expectOneVideo(pool, upload)
        }
    }

    @Test(arguments: [CuttingProxy.Fault.beforeCommit, .afterCommit])
    func aLostCommitIsFoundOutOrRepeated(fault: CuttingProxy.Fault) async throws {
        try await withSlowCommit(fault) { pool, cut, upload, video in
            #expect(try await Uploads(cut).finish(upload, as: video, findsDuplicates: true) == .recorded)
            try await expectOneVideo(pool, upload)
        }
    }

    /// Nothing is certain as long as the row cannot be looked at: no ``UploadNotRecorded``, on which bytes are deleted.
    @Test func whatCannotBeLookedAtIsNotCalledUnrecorded() async throws {
        try await withSlowCommit(.duringCommit) { pool, cut, upload, video in
            try await pool.withConnection { holder async throws in
                _ = try await holder.query(Self.commitLock)
                // For the connections that are opened from now on, those that look again among them.
                try await pool.execute(
                    """
                    DO $$ BEGIN
                        EXECUTE format('ALTER DATABASE %I SET lock_timeout = 100', current_database());
                    END $$
                    """
                )
                let error = await #expect(throws: PostgresError.self) {
                    try await Uploads(cut).finish(upload, as: video, findsDuplicates: true)
                }
                #expect(error?.kind == .commitUnknown)
                _ = try await holder.query("SELECT pg_advisory_unlock(4711)::text")
            }
            try await eventually { try await Uploads(pool).find(upload.id)?.state == .finished }
        }
    }

    private func expectOneVideo(_ pool: PostgresPool, _ upload: UploadRecord) async throws {
        #expect(try await Uploads(pool).find(upload.id)?.state == .finished)
        #expect(try await pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
    }

    private static func waiters(_ holder: PostgresConnection) async throws -> Int? {
        try await holder.first(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
              AND query LIKE '%FROM uploads%FOR NO KEY UPDATE%'
            """,
            as: Int.self
        )
    }

    /// A received upload, and a pool whose next COMMIT breaks.
    private func withSlowCommit(
        _ fault: CuttingProxy.Fault,
        _ body: (PostgresPool, PostgresPool, UploadRecord, NewVideo) async throws -> Void
    ) async throws {
        try await withTestDatabase { pool in
            try await pool.execute(
                """
                CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN
                    PERFORM set_config('lock_timeout', '0', true);
                    PERFORM pg_advisory_xact_lock(4711);
                    RETURN NULL;
                END $$
                """
            )
            try await pool.execute(
                """
                CREATE CONSTRAINT TRIGGER slow_commit AFTER UPDATE ON uploads DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.state = 'finished') EXECUTE FUNCTION wait_for_the_test()
                """
            )
            let (upload, video) = try await receivedUpload(pool)
            try await withTemporaryFolder { folder in
                let server = try await TestServer.shared.cluster()
                let proxy = try CuttingProxy(in: folder, to: server.directory + "/run")
                defer { proxy.close() }
                var configuration = pool.configuration
                configuration.conninfo += " host='\(proxy.socketDirectory)'"
                let cut = PostgresPool(configuration, logger: .quiet)
                proxy.cutAtNextCommit(fault)
                try await body(pool, cut, upload, video)
                #expect(proxy.cuts == 1)
                await cut.close()
            }
        }
    }

    private func receivedUpload(_ pool: PostgresPool) async throws -> (UploadRecord, NewVideo) {
        let (uploads, ada) = (Uploads(pool), try await pool.makeUser())
        let videoID = try await Videos(pool: pool).reserveID()
        let new = NewUpload(id: "a", authorID: ada, kind: .whole, videoID: videoID, lengthBytes: 5)
        try await uploads.create(new, quota: UploadQuota())
        let claimed = try #require(try await uploads.claim("a", isWriting: true))
        _ = try await uploads.acknowledge("a", writer: claimed.writer, offset: 5, head: nil, placement: nil)
        var video = NewVideo.sample(videoID, by: ada)
        video.sourceBytes = 5
        return (claimed, video)
    }
}
