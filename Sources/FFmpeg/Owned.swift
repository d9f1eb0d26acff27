import CFFmpeg

/// A libav* object that one function frees.
protocol OwnedResource {
    static func destroy(_ pointer: UnsafeMutablePointer<Self>)
}

/// The only owner of a libav* object; frees it when it goes.
///
/// A class whose `init` throws half-way never runs its `deinit`, but its
/// members that are already set are destroyed. So classes hold an `Owned` and
/// never a bare pointer.
@dynamicMemberLookup
struct Owned<Resource: OwnedResource>: ~Copyable {
    let pointer: UnsafeMutablePointer<Resource>

    init(_ operation: String, _ pointer: UnsafeMutablePointer<Resource>?) throws(FFmpegError) {
        self.pointer = try unwrap(operation, pointer)
    }

    deinit { Resource.destroy(pointer) }

    subscript<Value>(dynamicMember member: WritableKeyPath<Resource, Value>) -> Value {
        get { pointer.pointee[keyPath: member] }
        nonmutating set { pointer.pointee[keyPath: member] = newValue }
    }
}

extension AVCodecContext: OwnedResource {
    static func destroy(_ pointer: UnsafeMutablePointer<AVCodecContext>) {
        var pointer: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&pointer)
    }
}

extension AVFilterGraph: OwnedResource {
    static func destroy(_ pointer: UnsafeMutablePointer<AVFilterGraph>) {
        var pointer: UnsafeMutablePointer<AVFilterGraph>? = pointer
        avfilter_graph_free(&pointer)
    }
}

extension AVCodecParameters: OwnedResource {
    static func destroy(_ pointer: UnsafeMutablePointer<AVCodecParameters>) {
        var pointer: UnsafeMutablePointer<AVCodecParameters>? = pointer
        avcodec_parameters_free(&pointer)
    }
}

extension AVFormatContext: OwnedResource {
    /// Inputs and outputs are freed differently; an output has an `oformat`.
    static func destroy(_ pointer: UnsafeMutablePointer<AVFormatContext>) {
        if pointer.pointee.oformat != nil {
            avformat_free_context(pointer)
        } else {
            var pointer: UnsafeMutablePointer<AVFormatContext>? = pointer
            avformat_close_input(&pointer)
        }
    }
}

extension AVIOContext: OwnedResource {
    /// FFmpeg may have replaced the buffer that the context was made with, so the current one is freed.
    static func destroy(_ pointer: UnsafeMutablePointer<AVIOContext>) {
        av_freep(&pointer.pointee.buffer)
        var pointer: UnsafeMutablePointer<AVIOContext>? = pointer
        avio_context_free(&pointer)
    }
}
