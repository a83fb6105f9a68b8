"""The public names of Comet's Python SDK (comet_ml 3.58.8), for the table of what is here, which a test holds."""

MODULE = """
API
APIExperiment
Artifact
BaseExperiment
Box
CometExperiment
ConfusionMatrix
Embedding
ExistingExperiment
ExistingOfflineExperiment
Experiment
ExperimentBase
ExperimentConfig
Histogram
Layer
LoggedArtifact
Model
OfflineExperiment
Optimizer
Polygon
UploadCallback
end
error_mode
exceptions
flush
generate_guid
get_api_key
get_comet_api_client
get_comet_version
get_config
get_experiment_key
get_global_experiment
get_running_experiment
get_s3_uploader
init
init_onprem
is_valid_experiment_key
login
start
ui
""".split()
"""What can be imported from `comet_ml`."""

METHODS = """
add_tag tag
add_tags tags
clean
context_manager context
create_confusion_matrix y_true y_predicted labels matrix title row_label column_label max_examples_per_cell
    max_categories winner_function index_to_example_function cache selected images images_annotations **kwargs
create_embedding_image image_data image_size image_preprocess_function image_transparent_color
    image_background_color_function
create_symlink project_name
disable_mp
display clear wait new autoraise tab
display_project view_id clear wait new autoraise
end
flush timeout
get_artifact artifact_name workspace version_or_alias
get_callback framework *args **kwargs
get_hf_dataset name workspace version_or_alias download_directory pathname recursive use_cached_dataset
get_keras_callback
get_key
get_metric name
get_name
get_other name
get_parameter name
get_tags
log_artifact artifact
log_asset file_data file_name overwrite copy_to_tmp step metadata
log_asset_data data name overwrite step metadata file_name epoch
log_asset_folder folder step log_file_name recursive metadata
log_audio audio_data sample_rate normalize_data file_name metadata overwrite copy_to_tmp step
log_code file_name folder code code_name overwrite metadata
log_confusion_matrix y_true y_predicted matrix labels title row_label column_label max_examples_per_cell
    max_categories winner_function index_to_example_function cache file_name overwrite step epoch images
    selected images_annotations metadata **kwargs
log_current_epoch value
log_curve name x y overwrite step metadata
log_dataframe_profile dataframe name minimal log_raw_dataframe dataframe_format **format_kwargs
log_dataset_hash data
log_dataset_info name version path
log_dependency name version
log_embedding vectors labels image_data image_size image_preprocess_function image_transparent_color
    image_background_color_function title template_filename group
log_epoch_end epoch_cnt step
log_figure figure_name figure overwrite step metadata format
log_histogram_3d values name step epoch metadata **kwargs
log_html html clear
log_html_url url text label
log_image image_data name overwrite image_format image_scale image_shape image_colormap image_minmax
    image_channels copy_to_tmp step annotations metadata
log_metric name value step epoch include_context
log_metrics dic prefix step epoch include_context
log_model name file_or_folder file_name overwrite metadata copy_to_tmp prepend_folder_name
log_notebook filename overwrite
log_optimization optimization_id metric_name metric_value parameters objective
log_other key value
log_others dictionary
log_parameter name value step
log_parameters parameters prefix step nested_support
log_points_3d scene_name points boxes step metadata
log_remote_asset uri remote_file_name overwrite asset_type step metadata
log_remote_model model_name uri metadata sync_mode max_synced_objects
log_system_info key value
log_table filename tabular_data headers **format_kwargs
log_tensorboard_folder folder metadata
log_tensorflow_folder folder metadata
log_text text step metadata
log_video file name overwrite format step epoch metadata
register_callback function
register_model model_name version workspace registry_name public description comment tags stages status sync
    metadata status_configuration timeout
send_notification title status additional_data
set_cmd_args
set_code code overwrite filename
set_epoch epoch
set_filename fname
set_model_graph graph overwrite
set_name name
set_offline_zip_uploader upload_callback
set_os_packages
set_pip_packages
set_step step
stop_early epoch
test
train
unregister_callback function
url property
validate
"""
"""Methods and properties of every experiment, each with the names of its arguments, in order."""


def list_methods() -> list[tuple[str, list[str]]]:
    """Every method with the names of its arguments; a property has the one argument `property`."""
    found: list[tuple[str, list[str]]] = []
    for line in METHODS.strip().splitlines():
        words = line.split()
        if line.startswith(" "):  # a long one goes on
            found[-1][1].extend(words)
        else:
            found.append((words[0], words[1:]))
    return found
