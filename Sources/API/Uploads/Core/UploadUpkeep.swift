import Database
import Logging
import ObjectStorage

/// What becomes of uploads that nobody comes back for.
///
/// Every process does this, each upload once.
struct UploadUpkeep: Sendable {
    /// How often, give or take a quarter, so that processes do not come together.
    private static let interval = 30.0

    let core: UploadCore
    let logger: Logger
    /// Time that an upload may be whole without being recorded, before another process does it.
    var finishPatience = Duration.seconds(60)

    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.interval * Double.random(in: 0.75...1.25)))
            do {
                try await once()
            } catch  where !Task.isCancelled {
                logger.warning("uploads could not be looked after", metadata: ["error": "\(error)"])
            } catch {}
        }
    }

    func once() async throws {
        for id in try await core.uploads.leftBehind(for: finishPatience) { await finish(id) }
        let expired = try await core.uploads.expire()
        for upload in expired { await discard(upload) }
        try await core.uploads.forget()
        let names = try await core.sink.leftovers()
        let underWay = try await core.uploads.underWay(among: names)
        for name in names where !underWay.contains(name) { try await core.sink.discardLeftover(name) }
        if !expired.isEmpty { logger.notice("uploads have expired", metadata: ["count": "\(expired.count)"]) }
    }

    /// One whose bytes cannot be removed now keeps no other back; what is left of it is an orphan of the store.
    private func discard(_ upload: UploadRecord) async {
        do {
            try await core.discard(upload)
        } catch {
            logger.warning(
                "an expired upload could not be removed",
                metadata: ["upload.id": "\(upload.id)", "error": "\(error)"]
            )
        }
    }

    private func finish(_ id: String) async {
        do {
            guard let upload = try await core.uploads.find(id), upload.state == .received else { return }
            _ = try await core.finish(upload, isMaintenance: true)
        } catch {
            logger.warning("an upload could not be finished", metadata: ["upload.id": "\(id)", "error": "\(error)"])
        }
    }
}
